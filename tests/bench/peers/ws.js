// ws.js - node's ws: a message from anybody makes it send a frame of 200 bytes to all, framed once.
//
//   node ws.js    prints its port
import { WebSocketServer, Sender } from 'ws'

const event = Buffer.alloc(200, 'x')
const frame = Buffer.concat(Sender.frame(event, { fin: true, opcode: 2, mask: false, readOnly: false, rsv1: false }))
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', backlog: 4096, perMessageDeflate: false })

server.on('listening', () => console.log(server.address().port))
server.on('connection', (socket) => {
  socket.on('message', () => {
    for (const client of server.clients) client._socket.write(frame)
  })
})
process.stdin.on('end', () => process.exit(0)).resume()
