"""How slow is each endpoint?"""
