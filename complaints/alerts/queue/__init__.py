"""What goes next: chats under a lease, quiet hours, digests, and the job that a sender takes."""
