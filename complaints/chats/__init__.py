"""What people do with a linked chat: link it, mute it, choose what arrives, ask what is open."""
