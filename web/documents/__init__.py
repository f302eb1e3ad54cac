"""What is told of the API to who calls it: its two documents, the words in them, and the page that shows them."""
