// What is heard: the ring tone, greetings, and what is spoken.
