import type { HomeSpec } from '../driver.ts';
import { enrolmentSecret } from './helm-driver.ts';

/**
 * The values of `charts/home` for one home: what the operator says for all of them (`charts/home/README.md`; at least `image` and
 * `platform.url`), with the home's own name and Secret, which are never the operator's to say.
 */
export function homeValues(forAll: object, { name }: HomeSpec): object {
	const { secret = {} } = forAll as { secret?: object };
	return { ...forAll, name, secret: { ...secret, name: enrolmentSecret(name) } };
}
