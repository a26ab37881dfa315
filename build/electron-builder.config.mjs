// What goes into the desktop app, for electron-builder. JavaScript is bundled into dist/, so of node_modules only the
// modules with machine code go along, and of those only the files for the target's platform.
const NATIVE = {
  'better-sqlite3': ['lib', 'package.json', 'LICENSE', 'prebuilds/${platform}-${arch}.node'],
  sharp: ['dist', 'lib', 'package.json', 'LICENSE'],
  '@img': ['**'],
  'detect-libc': ['**'],
  semver: ['**'],
  'onnxruntime-node': ['dist', 'package.json', 'bin/napi-v6/${platform}/${arch}'],
  'onnxruntime-common': ['dist/cjs', 'package.json'],
}
const nativeFiles = Object.entries(NATIVE).flatMap(([name, parts]) => parts.map((part) => {
  const path = `node_modules/${name}/${part}`
  return /\*\*$|\.\w+$|LICENSE$/.test(part) ? path : `${path}/**`
}))

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'org.maskwright.desktop',
  productName: 'Maskwright',
  copyright: 'Apache-2.0',
  // a deb must name both; there is no home page yet, so the address is one of those reserved for examples
  extraMetadata: { author: 'Maskwright contributors', homepage: 'https://maskwright.example', desktopName: 'maskwright.desktop' },
  directories: { output: 'release', buildResources: 'resources/icons' },
  files: ['dist/electron/**', 'dist/engine/**', 'dist/page/**', 'resources/packs/**', 'package.json', 'LICENSE', '!node_modules/**', ...nativeFiles, '!**/*.{map,d.ts,d.mts,d.cts,md}'],
  // machine code is loaded by the operating system, and ONNX Runtime reads weights by it: neither reads archives
  asar: true,
  asarUnpack: ['resources/packs/**', '**/*.node', '**/*.so', '**/*.so.*', '**/*.dll', '**/*.dylib'],
  // Node-API prebuilds serve Node and Electron alike
  npmRebuild: false,
  nodeGypRebuild: false,
  buildDependenciesFromSource: false,
  publish: null,
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
  fileAssociations: [{ ext: 'maskwright', name: 'Maskwright project', mimeType: 'application/x-maskwright' }],
  linux: {
    target: ['AppImage', 'deb'],
    category: 'Graphics',
    syncDesktopName: true,
    synopsis: 'Pre-labels segmentation datasets from class names and from accepted masks',
    maintainer: 'Maskwright contributors',
  },
  deb: { packageName: 'maskwright' },
  win: { target: ['nsis'] },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  mac: { target: ['dmg'], category: 'public.app-category.graphics-design', hardenedRuntime: true },
}
