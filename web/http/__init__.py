"""What every answer is made with: permissions, tokens, problems, headers, throttling."""
