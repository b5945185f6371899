import { inDegrees } from '@understory/core/location.ts';
import { policiesInForce } from '@understory/core/policy-versions.ts';
import type { BranchRecord } from '@understory/core/register.ts';
import type { Library } from '../registers.ts';
import { csvLines } from './csv-lines.ts';
import type { Cell } from './statement-columns.ts';

const COLUMNS = [
	...['host', 'name', 'kind', 'software', 'stage', 'url', 'page', 'street', 'city', 'region', 'postcode'],
	...['phone', 'email', 'policies', 'read_on', 'unread_since', 'latitude', 'longitude'],
] as const;

/** Every branch, and every server besides, one in a row: for a spreadsheet. `kind` is `branch`, `room` or `external`. */
export function branchesCsv(library: Library, today: string): string {
	const { register, origin } = library;
	const branches = register.branches.map((branch): Cell[] => {
		const { host } = new URL(branch.origin);
		const { street, city, region, postcode } = branch.address;
		return [
			...[
				host,
				branch.name,
				branch.kind,
				'understory',
				branch.stage,
				`${branch.origin}/`,
				`${origin}/branches/${host}`,
			],
			...[street, city, region, postcode, branch.phone, null],
			policiesInForce(register.policies, branch, today).map(
				({ id, version }) => `${origin}/policies/${id}/${version}`,
			),
			...[null, null],
			...degrees(branch),
		];
	});
	const external = (register.external ?? []).map((server): Cell[] => {
		const { version, document } = server.versions[0]!;
		const page = `${origin}/branches/${server.host}`;
		return [
			...[server.host, server.name, 'external', document.software, null, `${server.origin}/`, page],
			...[null, null, null, null, null, document.contact.email],
			...[`${page}/versions/${version}`, server.read_on, server.unread_since ?? null, null, null],
		];
	});
	return csvLines([COLUMNS, ...branches, ...external]);
}

function degrees({ location }: BranchRecord): [number | null, number | null] {
	if (!location) return [null, null];
	const { latitude, longitude } = inDegrees(location);
	return [latitude, longitude];
}
