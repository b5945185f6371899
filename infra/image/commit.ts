import { execFileSync } from 'node:child_process';

/**
 * Which commit the repository is at, and when that was made: as `UNDERSTORY_REVISION` and `SOURCE_DATE_EPOCH` say, or as git does. A
 * checkout with changes that are in no commit says `-changed`. Throws with a sentence when neither knows.
 */
export function readCommit(
	repository: string,
	environment: Readonly<Record<string, string | undefined>>,
): { readonly revision: string; readonly created: Date } {
	const { UNDERSTORY_REVISION, SOURCE_DATE_EPOCH } = environment;
	const git = (...words: string[]) =>
		execFileSync('git', words, { cwd: repository, encoding: 'utf8', stdio: 'pipe' }).trim();
	try {
		const isChanged = () => git('status', '--porcelain') !== '';
		const revision = UNDERSTORY_REVISION || `${git('rev-parse', 'HEAD')}${isChanged() ? '-changed' : ''}`;
		const seconds = Number(SOURCE_DATE_EPOCH || git('log', '-1', '--format=%ct'));
		return { revision, created: new Date(seconds * 1_000) };
	} catch {
		throw new Error('This is no checkout of git. Say UNDERSTORY_REVISION and SOURCE_DATE_EPOCH.');
	}
}
