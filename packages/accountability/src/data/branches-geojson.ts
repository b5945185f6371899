import { inDegrees } from '@understory/core/location.ts';
import type { Library } from '../registers.ts';

/** Every branch as a feature (RFC 7946); one of which nobody told where it stands has no geometry (section 3.2). */
export function branchesGeojson({ register, origin }: Library): object {
	return {
		type: 'FeatureCollection',
		features: register.branches.map((branch) => {
			const { host } = new URL(branch.origin);
			return {
				type: 'Feature',
				id: host,
				geometry: branch.location ? pointAt(inDegrees(branch.location)) : null,
				properties: {
					...{ name: branch.name, stage: branch.stage },
					...{ url: `${branch.origin}/`, page: `${origin}/branches/${host}` },
				},
			};
		}),
	};
}

/** East comes first (section 3.1.1). */
function pointAt({ latitude, longitude }: ReturnType<typeof inDegrees>): object {
	return { type: 'Point', coordinates: [longitude, latitude] };
}
