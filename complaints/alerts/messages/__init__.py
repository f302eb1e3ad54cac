"""What stands behind the messages: notices, answers, panels, copies, and edits that are due."""
