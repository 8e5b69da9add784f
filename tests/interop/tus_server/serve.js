// An independent tus 1.0 server over TLS, as its README sets it up. Prints its port when it listens.
// node serve.js FOLDER CERTIFICATE KEY
const fs = require('node:fs')
const https = require('node:https')
const {Server} = require('@tus/server')
const {FileStore} = require('@tus/file-store')

const [folder, certificate, key] = process.argv.slice(2)
const tus = new Server({
  path: '/v1/pages',
  datastore: new FileStore({directory: folder}),
  relativeLocation: true, // behind TLS it would name itself by http otherwise
})
const web = https.createServer(
  {cert: fs.readFileSync(certificate), key: fs.readFileSync(key)},
  (request, answer) => tus.handle(request, answer),
)
web.listen(0, '127.0.0.1', () => console.log(web.address().port))
process.stdin.on('end', () => process.exit(0)).resume() // ends with whoever started it
