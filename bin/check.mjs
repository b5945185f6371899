// Types, lint and format, architecture: all of them run, whatever the first says, and each with its verdict.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const checks = [
	['types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
	['lint and format', ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.']],
	['architecture', ['node_modules/mocha/bin/mocha.js', '--config', 'test/architecture/mocharc.json']],
];
const verdicts = checks.map(([name, words]) => {
	console.log(`\n${name}`);
	const { status, error } = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' });
	if (error) console.error(`This check could not be run: ${error.message}`);
	return { name, holds: status === 0 };
});
console.log('');
for (const { name, holds } of verdicts) console.log(`${holds ? 'holds    ' : 'NOT RIGHT'}  ${name}`);
process.exit(verdicts.every(({ holds }) => holds) ? 0 : 1);
