import { BUILD, FILES, replacing, testRules, writing } from '../../../test/rules.js'
import { contextHoldsFiles, directoryIsOne, imageIsComplete } from './package-image.js'

const dockerfile = (before: string, after: string) => writing('Dockerfile', replacing(before, after)(FILES.Dockerfile))
const COPY = 'COPY requirements.txt /tmp/\n'
const WORKDIR = 'WORKDIR /edx/app/hello\n'
const target = replacing('build: { context: /home/dev/hello }', 'build: { context: /home/dev/hello, target: dev }')

testRules([imageIsComplete, directoryIsOne, contextHoldsFiles], {
  breaks: [
    ...[
      'COPY --from=core . /opt/devenv/\n',
      'RUN sh /opt/devenv/build/install\n',
      'COPY --from=package . /etc/devenv/\n',
    ].map((line) => ({
      title: `an image without ${line.trim()}`,
      change: dockerfile(line, ''),
      breaks: { rule: 'image-is-complete', file: 'Dockerfile' },
    })),
    {
      title: 'a WORKDIR that is not where the checkout is mounted',
      change: dockerfile(WORKDIR, 'WORKDIR /edx/app/shop\n'),
      breaks: { rule: 'directory-is-one', at: '    working_dir:' },
    },
    {
      title: 'a WORKDIR of the stage before',
      change: dockerfile(
        'FROM debian:12 AS dev\n',
        `FROM debian:12 AS Base\nWORKDIR /edx\nWORKDIR app\nFROM base AS dev\n`,
      ),
      edit: (compose) => target(replacing('working_dir: /edx/app/hello', 'working_dir: /edx/app/hello2')(compose)),
      breaks: { rule: 'directory-is-one', at: '    working_dir:' },
    },
    ...[
      'COPY setup.py /tmp/\n',
      'COPY ["setup.py", "/tmp/"]\n',
      'COPY ./setup.py requirements.txt /tmp/\n',
      'RUN --mount=type=bind,source=setup.py,target=/tmp/setup.py pip install /tmp\n',
      ...['-r /requirements/b.txt', '--requirement="/requirements/b.txt"', '-r/requirements/b.txt; true'].map(
        (words) =>
          `RUN --mount=source=requirements,target=/requirements \\\n  virtualenv -r /requirements/a.txt ${words}\n`,
      ),
    ].map((line) => ({
      title: `a file that the ignore file hides: ${line.trim()}`,
      change: (root: string) => {
        dockerfile(COPY, line)(root)
        writing('Dockerfile.dockerignore', '*\n!requirements.txt\n!requirements/a.txt\n')(root)
      },
      breaks: { rule: 'context-holds-files', file: 'Dockerfile.dockerignore' },
    })),
    {
      title: 'no stage of the name that is built',
      change: dockerfile('FROM debian:12 AS dev', 'FROM debian:12 AS production'),
      edit: target,
      breaks: { rule: 'image-is-complete', file: 'Dockerfile' },
    },
    {
      title: 'a folder of which the ignore file hides all',
      change: dockerfile(COPY, 'COPY requirements /tmp/\n'),
      breaks: { rule: 'context-holds-files', file: 'Dockerfile.dockerignore' },
    },
  ],
  keeps: [
    { title: 'no WORKDIR', change: dockerfile(WORKDIR, '') },
    { title: 'a WORKDIR that a variable names', change: dockerfile(WORKDIR, 'WORKDIR /edx/$NAME\n') },
    { title: 'another WORKDIR on the way', change: dockerfile(WORKDIR, `WORKDIR /tmp\n${WORKDIR}`) },
    {
      title: 'a stage behind the one that is built',
      change: writing(
        'Dockerfile',
        `${FILES.Dockerfile}FROM dev AS last\nWORKDIR /tmp\nENTRYPOINT ["/opt/devenv/bin/entrypoint"]\n`,
      ),
      edit: target,
    },
    {
      title: 'files by patterns and variables, from elsewhere, and mounts of a cache',
      change: dockerfile(
        COPY,
        'COPY *.txt $FILE /tmp/\nCOPY --from=package a /a\nADD https://example.com/a /a\nRUN --mount=type=cache,target=/a --mount=from=core,source=b,target=/b x\nCOPY . /all\nCOPY <<EOF /x\ntext\nEOF\n',
      ),
    },
    {
      title: 'a folder of which the ignore file lets a part through',
      change: (root) => {
        dockerfile(COPY, 'COPY requirements /tmp/\n')(root)
        writing('Dockerfile.dockerignore', '*\n!requirements/base.txt\n')(root)
      },
    },
    {
      title: 'a file that it writes itself into what it mounts',
      change: (root) => {
        dockerfile(
          COPY,
          'RUN --mount=source=requirements,target=/r,rw grep -v x /r/base.txt > /r/rest.txt\nRUN pip install -r /r/base.txt\n',
        )(root)
        writing('Dockerfile.dockerignore', '*\n!requirements/base.txt\n')(root)
      },
    },
    { title: 'a stage by its number', edit: replacing(BUILD, BUILD.replace(' }', ', target: "0" }')) },
  ],
})
