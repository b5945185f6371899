import { writeFileSync } from 'node:fs';
import { stopTestPostgres } from '../../../packages/town/src/test-postgres.ts';
import { newBed } from '../../cluster/bed/skip.ts';
import { BELMONT, LIBRARY, startProvisionedCluster } from '../../cluster/fixtures/provisioned.ts';

// In namespaces with the image present: `dedicated.ts RUNS FILE` writes how many seconds each of the branches took from its POST to Ready, as JSON.
const [runs, file] = process.argv.slice(2);
const seconds: number[] = [];
const { api, done, visit, close } = await startProvisionedCluster(await newBed());
try {
	const library = await api('POST', '/libraries', LIBRARY);
	if (library.status >= 300) throw new Error(`the library was not made: ${library.status}`);
	for (let run = 0; run < Number(runs); run += 1) {
		const slug = `bench-${run}`;
		const began = performance.now();
		await done(await api('POST', '/libraries/anytown/branches', { ...BELMONT, slug, home: 'dedicated' }));
		const { body } = await api('GET', `/libraries/anytown/branches/${slug}`);
		const { status } = await visit(slug, body.home.name);
		seconds.push((performance.now() - began) / 1000);
		if (status !== 200) throw new Error(`the page of ${slug} answered ${status}`);
	}
	writeFileSync(file!, JSON.stringify(seconds));
} finally {
	await close();
	await stopTestPostgres();
}
process.exit(0);
