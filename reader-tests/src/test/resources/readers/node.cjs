// Reads files in base64, one a line, and writes the variables of each: name:value in base64, or !.
const [modules, parser] = process.argv.slice(2)
const { parse } = require(`${modules}/${parser === 'dotenvx' ? '@dotenvx/dotenvx' : 'dotenv'}`)
const options = parser === 'dotenvx' ? { processEnv: {} } : { fast: parser === 'fast' }
const base64 = (text) => Buffer.from(text).toString('base64')
const lines = require('fs').readFileSync(0, 'latin1').split('\n').slice(0, -1)
process.stdout.write(
  lines
    .map((line) => {
      try {
        // As a file is read: the byte order mark stays.
        return Object.entries(parse(Buffer.from(line, 'base64').toString(), options))
          .map(([name, value]) => `${base64(name)}:${base64(value)}`)
          .join(' ')
      } catch (e) {
        return '!'
      }
    })
    .join('\n') + '\n',
)
