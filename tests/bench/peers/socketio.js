// socketio.js - socket.io with its Redis adapter: an event "go" from anybody is sent on to all.
//
//   node socketio.js REDIS-SOCKET    prints its port
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'

const publisher = new Redis(process.argv[2])
const http = createServer()
const server = new Server(http, { transports: ['websocket'], adapter: createAdapter(publisher, publisher.duplicate()) })
const event = 'x'.repeat(200)

server.on('connection', (socket) => socket.on('go', () => server.emit('call', event)))
http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => console.log(http.address().port))
process.stdin.on('end', () => process.exit(0)).resume()
