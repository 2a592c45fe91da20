"""What joins the apps: settings, addresses, pages about everything, and which error is which answer."""
