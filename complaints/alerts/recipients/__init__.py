"""Who is told, and is it still worth telling them?"""
