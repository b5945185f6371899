// A home's errand in a process of its own, which says of each piece that it was brought: `bring-away.ts FOLDER SAID CREDENTIALS`.
import { join } from 'node:path';
import { copiesAwayIn } from '@understory/config/copies-away.ts';
import { systemClock } from '@understory/core/clock.ts';
import { silentLog } from '@understory/core/log.ts';
import { createOutgoing } from '@understory/outgoing/outgoing.ts';
import { openAway } from '../../packages/home/src/away/away.ts';
import { bucketOf } from '../../packages/home/src/bucket.ts';

const [folder = '', said = '', credentials = ''] = process.argv.slice(2);
const place = copiesAwayIn(said, credentials, [])!;
const outgoing = createOutgoing({ town: false, networks: place.networks, insideOnly: true });
const bucket = bucketOf(place, 'home-1', { outgoing, now: Date.now });
/** Once one piece was sent: what a home has loaded anyhow. */
let before = 0;
let most = 0;
const away = openAway({
	bucket: {
		...bucket,
		async put(key, ...more) {
			const etag = await bucket.put(key, ...more);
			before ||= process.memoryUsage.rss();
			most = Math.max(most, process.memoryUsage.rss());
			console.log(`brought ${key}`);
			return etag;
		},
	},
	folder: join(folder, 'away'),
	copies: join(folder, 'backups'),
	placeOf: ({ branch, backup }) => join(folder, 'backups', branch, backup),
	clock: systemClock,
	log: { ...silentLog, error: (event, fields) => console.log(event, fields?.error) },
});
away.bring({ branch: 'branch-north', backup: 'large' });
await away.settle();
console.log(`more memory: ${Math.round((most - before) / 1e6)} MB`);
await outgoing.close();
