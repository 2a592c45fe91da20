"""PostgreSQL as Django's database, with connections that forget who looked before they are used again."""
