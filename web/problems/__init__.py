"""What can go wrong for a caller: each problem by its code, and the page that its `type` names."""
