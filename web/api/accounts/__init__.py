"""Views of who comes in: sign-in, operators, API clients."""
