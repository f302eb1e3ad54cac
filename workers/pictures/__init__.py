"""Small pictures of pictures, and the end of what lies in the store for nobody."""
