"""The first door: the HTTP API, the dashboard's pages and the sockets.

app, wsgi, gunicorn_conf, cli   how it is put together and started
serving                         how bytes become a request, and an answer bytes
upgrade                         how a request becomes a socket of the hub
api, monitoring                 what is asked of it, by people and programs, and by probes
idempotency                     what is sent again, and answered as before
http                            what every answer is made with: who asks, what may be, headers, errors, the document
hub                             every dashboard socket of the process
"""
