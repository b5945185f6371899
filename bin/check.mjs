// Types, lint and format, architecture: all three run, whatever the first says.
import { spawnSync } from 'node:child_process';

const checks = [
	['types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
	['lint and format', ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.']],
	['architecture', ['node_modules/mocha/bin/mocha.js', '--config', 'test/architecture/mocharc.json']],
];
const failed = checks.filter(([name, words]) => {
	console.log(`\n${name}`);
	return spawnSync(process.execPath, words, { stdio: 'inherit' }).status !== 0;
});
console.log(
	failed.length === 0 ? '\nAll checks hold.' : `\nNot right yet: ${failed.map(([name]) => name).join(', ')}.`,
);
process.exit(failed.length === 0 ? 0 : 1);
