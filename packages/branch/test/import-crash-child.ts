import { createBed } from './bed.ts';
import { call } from './browser.ts';
import { multipart } from './multipart.ts';

// A branch that dies in the middle of a file somebody brought: while it asks a server about its third line.
const bed = await createBed(['north']);
bed.change('north', { federation: 'open' });
await bed.settle();
const { origin } = bed.branch('north');
for (const handle of ['ben', 'dan', 'eve']) await bed.branch('north').join(handle);
const ana = await bed.branch('north').join('ana');
bed.outside('silent.example', () => {
	process.kill(process.pid, 'SIGKILL');
	return null;
});
const token = /name="_csrf" value="([^"]+)"/.exec((await ana.get('/you/import')).body)![1]!;
const text = 'ben\ndan\nfay@silent.example\neve\n';
const file = { name: 'follows.csv', bytes: Buffer.from(text), type: 'text/csv' };
const { body, type } = multipart({ _csrf: token, kind: 'following', mode: 'merge' }, [file]);
const headers = { host: new URL(origin).host, origin, cookie: ana.cookie ?? '', 'content-type': type };
const { location } = (await call(bed.port, 'POST', '/you/import', headers, body)).headers;
await ana.get(location!);
await ana.post(`${location}/start`, {});
process.stdout.write(`${JSON.stringify({ folder: bed.folder, homeKey: bed.homeKey.toString('hex') })}\n`);
await bed.settle();
