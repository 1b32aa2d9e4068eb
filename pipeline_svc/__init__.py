"""What does a request pass through, and at what cost?"""
