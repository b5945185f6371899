import type { LibraryNamespaces } from '@understory/config/home-driver.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Connection } from './cluster.ts';
import { SAYS } from './helm-faults.ts';
import { libraryBinding } from './library-namespaces.ts';
import { BESIDE_SHARED, give, IN_LIBRARIES, inWholeCluster, listed, rightsIn } from './needed-rights.ts';

/** What helps against all that is missing. */
const AGAIN = 'Install charts/cell there again, as new as the platform is.';
const OR_LEAVE =
	'Or take "libraries" out of the file of the cell, so that all homes there share one namespace.';

/**
 * Whether homes could be started in a cluster just now, in the namespace of shared homes and, where libraries have namespaces there, in those: that it
 * answers, lets the platform in, has the namespace, gives each right that is needed, and holds the account to namespaces of its own. Changes nothing. Throws
 * `PublicError` with what is wrong and what helps.
 */
export async function tryCluster(
	connection: Connection,
	{ shared, libraries }: { readonly shared: string; readonly libraries: LibraryNamespaces | null },
): Promise<void> {
	const { account } = connection;
	const needed = rightsIn(BESIDE_SHARED);
	const missing = await account.lacks(needed, shared);
	if (missing.length === needed.length)
		throw noRight(
			`The account of this kubeconfig may do nothing in the namespace ${shared} of its cluster, or there is no such namespace. Install charts/cell there, with this name as homes.namespace.`,
		);
	if (missing.length > 0)
		throw noRight(
			`In the namespace ${shared} of its cluster the account of this kubeconfig lacks ${listed(missing)}. ${AGAIN}`,
		);
	const secret = {
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: { name: 'understory-tried', namespace: shared },
	};
	// Where there is no namespace, even what is only tried is nowhere to be found.
	if (!(await connection.wouldTake(secret))) throw new PublicError(502, 'no_namespace', SAYS.noNamespace);
	if (libraries) await tryLibraries(connection, shared, libraries);
}

async function tryLibraries(
	connection: Connection,
	shared: string,
	libraries: LibraryNamespaces,
): Promise<void> {
	const { account } = connection;
	const wanted = `system:serviceaccount:${libraries.account.namespace}:${libraries.account.name}`;
	const name = await account.name();
	if (name !== wanted)
		throw noRight(
			`The kubeconfig is that of ${name}, and the file beside it says that ${wanted} is to get rights in namespaces of libraries. Make both anew from the same charts/cell.`,
		);
	const missing = await account.lacks(rightsIn(inWholeCluster(libraries.role)), null);
	if (missing.length > 0)
		throw noRight(
			`In its whole cluster the account of this kubeconfig lacks ${listed(missing)}, and namespaces of libraries need it. ${AGAIN} ${OR_LEAVE}`,
		);
	const rules = await account.rulesOf(libraries.role);
	if (rules === null)
		throw noRight(
			`The ClusterRole ${libraries.role} is not in that cluster, and the account has no rights in namespaces of libraries without it. ${AGAIN} ${OR_LEAVE}`,
		);
	const ungiven = rightsIn(IN_LIBRARIES).filter((right) => !give(rules, right));
	if (ungiven.length > 0)
		throw noRight(`The ClusterRole ${libraries.role} of that cluster lacks ${listed(ungiven)}. ${AGAIN}`);
	if (await isUnheld(connection, shared, libraries))
		throw noRight(
			`Nothing in that cluster holds the account to namespaces of its own: the admission policy of charts/cell is missing, or it is not of this account. ${AGAIN} ${OR_LEAVE}`,
		);
}

/** Whether the account could give itself the rights of a library's namespace where it must not: the namespace of shared homes is none that it made. */
async function isUnheld(
	connection: Connection,
	shared: string,
	libraries: LibraryNamespaces,
): Promise<boolean> {
	try {
		return await connection.wouldTake(
			libraryBinding(libraries, { name: 'understory-tried', namespace: shared }),
		);
	} catch (error) {
		if (error instanceof PublicError && error.code === 'namespace_taken') return false;
		throw error;
	}
}

function noRight(sentence: string): PublicError {
	return new PublicError(502, 'no_right', sentence);
}
