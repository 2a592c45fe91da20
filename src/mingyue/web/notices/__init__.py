"""Who is told what happened: the feed of events, webhooks for programs, notices for people."""
