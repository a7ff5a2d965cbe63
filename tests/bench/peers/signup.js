// signup.js - a chain sign-up as a mini-program team would write it today: node's ws, ioredis, and a script in Lua that gives
// the number, keeps one line a person, and refuses beyond the limit.
//
//   node signup.js REDIS-SOCKET    prints its port
import { Redis } from 'ioredis'
import { WebSocketServer } from 'ws'

const redis = new Redis(process.argv[2])
redis.defineCommand('join', {
  numberOfKeys: 3,
  lua: `
    local call, people, log = KEYS[1], KEYS[2], KEYS[3]
    local there = redis.call('HGET', people, ARGV[1])
    if there then return {'ALREADY', there} end
    local limit = tonumber(redis.call('HGET', call, 'limit') or '0')
    local number = redis.call('HINCRBY', call, 'lines', 1)
    local state = (limit == 0 or number <= limit) and 'confirmed' or 'waiting'
    redis.call('HSET', people, ARGV[1], number)
    redis.call('HINCRBY', call, state, 1)
    redis.call('XADD', log, '*', 'person', ARGV[1], 'number', number, 'state', state, 'name', ARGV[2])
    return {'OK', number, state}`,
})

let people = 0
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', backlog: 4096, perMessageDeflate: false })
server.on('listening', () => console.log(server.address().port))
server.on('connection', (socket) => {
  socket.on('message', async (bytes) => {
    const { call, name } = JSON.parse(bytes)
    const [status, number, state] = await redis.join(`peer:${call}`, `peer:${call}:people`, `peer:${call}:log`, ++people, name)
    socket.send(JSON.stringify({ status, number, state }))
  })
})
process.stdin.on('end', () => process.exit(0)).resume()
