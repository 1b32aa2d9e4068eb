"""Who must be told, how, and when next?"""
