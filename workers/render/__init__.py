"""What messages on Telegram say, one module for each thing that is said."""
