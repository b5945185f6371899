import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

/**
 * Run in a process of its own: which modules were loaded is a fact about a process. It makes a branch's federation, asks it
 * for a page, and writes a post for a neighbor; then it asks for an actor.
 */
const SCRIPT = `
	import { registerHooks } from 'node:module';
	const loaded = [];
	registerHooks({ resolve(specifier, context, next) {
		if (specifier.startsWith('@fedify')) loaded.push(specifier);
		return next(specifier, context);
	} });
	const { startBranch } = await import('./packages/federation/test/memory-branch.ts');
	const { ask } = await import('./packages/federation/test/hand-signed.ts');
	const branch = await startBranch('albina');
	branch.settings.neighbors.add('http://belmont.test.localhost');
	const post = branch.write(branch.person('1', 'ada'), '9', 'neighborhood');
	await ask(branch.origin + '/', { headers: { accept: 'text/html' } });
	await ask(branch.origin + '/ap/users/1/statuses/9', { headers: { accept: 'application/activity+json' } });
	await branch.federation.createFor(post, branch.server('http://belmont.test.localhost'));
	const before = loaded.length;
	await ask(branch.origin + '/ap/users/1', { headers: { accept: 'application/activity+json' } });
	await branch.close();
	console.log(JSON.stringify({ before, after: loaded.length }));
`;

describe('the cost of federation', () => {
	it('is not paid by opening a branch, its pages, or a post; only by talking to another server', async () => {
		const { stdout } = await promisify(execFile)(
			process.execPath,
			['--input-type=module', '--eval', SCRIPT],
			{
				cwd: new URL('../../..', import.meta.url),
			},
		);
		const { before, after } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>;
		expect(before).to.equal(0);
		expect(after).to.be.greaterThan(0);
	});
});
