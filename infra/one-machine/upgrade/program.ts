import { execFileSync } from 'node:child_process';
import { PublicError } from '@understory/core/errors.ts';

/** Runs a program to its end and answers with what it wrote. Throws `PublicError` with its last words. */
export function runProgram(words: readonly string[], input = ''): string {
	const [program = '', ...rest] = words;
	try {
		return execFileSync(program, rest, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
	} catch (cause) {
		const { stderr = '', code = '' } = cause as { stderr?: string; code?: string };
		const said = stderr.trim().slice(-300) || code || 'it said nothing';
		throw new PublicError(500, 'program_failed', `${program} did not do what was asked: ${said}`, { cause });
	}
}
