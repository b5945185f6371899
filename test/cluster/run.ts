import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInNamespaces } from './bed/namespaces.ts';
import { ownCluster } from './own/own-cluster.ts';
import { prepared } from './prepared.ts';

/**
 * `npm run test:cluster`: makes the programs of a cluster and the image ready, then runs the tests of this folder in namespaces of their own;
 * all of them, or those whose files are named. On a machine that cannot do it every test is skipped, and says why.
 *
 * With `--own`, what holds on any cluster is run in the one that KUBECONFIG leads to, in a namespace that is made for it and taken away; nothing else of
 * that cluster is touched. It has to be said: a KUBECONFIG that lies about may lead to people.
 */
const at = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const asked = process.argv.slice(2);
const all = readdirSync(at('.')).filter((file) => file.endsWith('.test.ts'));
const files = all.filter((file) => asked.includes(file) || !all.some((one) => asked.includes(one)));
const words = ['--config', at('./mocharc.json'), ...asked.filter((word) => !all.includes(word))];
const mocha = at('../../node_modules/mocha/bin/mocha.js');

if (asked.includes('--own')) await inYourCluster();
else await inOurs();

async function inYourCluster(): Promise<void> {
	try {
		ownCluster(process.env);
	} catch (error) {
		console.error((error as Error).message);
		process.exit(1);
	}
	const left = all.filter((file) => file !== 'helm-driver.test.ts');
	console.log(
		`\nIn the cluster that ${process.env.KUBECONFIG} leads to: the driver. Not these, which end what a cluster is made of or change it as a whole: ${left.join(', ')}.\n`,
	);
	const rest = asked.filter((word) => word !== '--own');
	process.argv = [
		process.argv[0]!,
		mocha,
		'--config',
		at('./mocharc.json'),
		...rest,
		at('./own/driver.test.ts'),
	];
	await import(mocha);
}

async function inOurs(): Promise<void> {
	const why = await prepared(async () => {
		// Each file has namespaces of its own: a cluster is alone in them, and leaves nothing to the next.
		for (const file of files) {
			const code = await runInNamespaces(mocha, [...words, at(file)]);
			if (code !== 0) process.exitCode = code;
		}
	});
	if (why) {
		console.error(`\n${why}\nThe tests that need a cluster are skipped.\n`);
		process.env.UNDERSTORY_NO_CLUSTER = why;
		process.argv = [process.argv[0]!, mocha, ...words, ...files.map((file) => at(file))];
		await import(mocha);
	}
}
