"""What is sent again under one `Idempotency-Key`: which request is the same one, and what it is answered."""
