"""What a site holds: its set-up, its people, its issues and who may do what."""
