"""Who is connected over WebSocket, and how well?"""
