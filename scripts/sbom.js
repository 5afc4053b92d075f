// The packages in the bundle as a CycloneDX document.
// `npm sbom` knows every package of the lock file, and `npm sbom --omit=dev` none: all of them are development dependencies, and some are bundled.
import { execFileSync } from 'node:child_process';
import { root } from './bundled-packages.js';

const everything = () =>
  JSON.parse(
    execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      shell: process.platform === 'win32',
    }),
  );

/** Without what changes from run to run (time, serial number, version of npm) and without URLs, which follow from `purl`. */
export function sbom(bundled) {
  const { bomFormat, specVersion, version, metadata, components } = everything();
  const known = new Map(components.map((component) => [`${component.name} ${component.version}`, component]));
  const parts = [...bundled.keys()].map((title) => {
    const component = known.get(title);
    if (component === undefined) throw new Error(`${title} is in the bundle but not in package-lock.json.`);
    return pick(component);
  });
  // npm takes the name from the folder.
  const own = pick({ ...metadata.component, name: 'aws-account-bootstrap' });
  const dependencies = [{ ref: own['bom-ref'], dependsOn: parts.map((part) => part['bom-ref']) }];
  const document = { bomFormat, specVersion, version, metadata: { component: own }, components: parts, dependencies };
  return `${JSON.stringify(document)}\n`;
}

const pick = ({ 'bom-ref': ref, type, name, version, purl, licenses }) => ({
  'bom-ref': ref,
  type,
  name,
  version,
  purl,
  licenses,
});
