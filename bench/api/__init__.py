"""What the API costs, and how it does with as many complaints as a city has in ten years."""
