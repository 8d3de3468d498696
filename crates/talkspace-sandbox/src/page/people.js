// Everybody who is known, and who answers their telephones.
