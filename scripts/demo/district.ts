import { TIME_ZONE } from './calendar';
import type { DemoGroup } from './demo.types';
import { LOGOS } from './logos';

/** The district's tree, parents before children. */
export const GROUPS: readonly DemoGroup[] = [
  {
    key: 'district',
    parent: null,
    kind: 'district',
    name: 'Maplewood Unified School District',
    settings: {
      timezone: TIME_ZONE,
      locale: 'en-US',
      gradingScale: [
        { label: 'A', minPercent: 90 },
        { label: 'B', minPercent: 80 },
        { label: 'C', minPercent: 70 },
        { label: 'D', minPercent: 60 },
        { label: 'F', minPercent: 0 },
      ],
      ai: { enabled: true, maxMessagesPerSession: 60, maxSessionMinutes: 90 },
      privacy: { chatRetentionDays: 365, showPeersInRoster: false },
    },
    theme: {
      colors: { primary: '#7a2e1d', accent: '#d98e04', background: '#fffaf3', text: '#2b2320' },
      logo: {
        url: 'https://assets.maplewood.example/district/logo.svg',
        image: LOGOS.district,
        alt: 'A maple leaf on brick red',
      },
      fonts: { heading: 'Fraunces', body: 'Source Sans 3' },
      strings: {
        greeting: 'Welcome to Maplewood',
        support: 'Ask your teacher, or write to help@maplewood.example',
      },
      custom: { mascot: 'maple leaf' },
    },
  },
  {
    key: 'middle',
    parent: 'district',
    kind: 'school',
    name: 'Maplewood Middle School',
    settings: {
      ai: { maxMessagesPerSession: 40, maxSessionMinutes: 60 },
      privacy: { chatRetentionDays: 180 },
    },
    theme: {
      colors: { primary: '#1f5f4a', accent: '#f2b134' },
      strings: { greeting: 'Good morning, Otters' },
      custom: { mascot: 'otter' },
    },
  },
  { key: 'middleStem', parent: 'middle', kind: 'department', name: 'Mathematics and Science' },
  { key: 'middleHumanities', parent: 'middle', kind: 'department', name: 'Humanities and Languages' },
  {
    key: 'high',
    parent: 'district',
    kind: 'school',
    name: 'Lakeview High School',
    theme: {
      colors: { primary: '#12456b', accent: '#e0603f' },
      logo: {
        url: 'https://assets.maplewood.example/lakeview/logo.svg',
        image: LOGOS.high,
        alt: 'A heron over the lake',
      },
      strings: { greeting: 'Welcome, Herons' },
      custom: { mascot: 'heron' },
    },
  },
  { key: 'highMath', parent: 'high', kind: 'department', name: 'Mathematics and Computing' },
  {
    key: 'highScience',
    parent: 'high',
    kind: 'department',
    name: 'Science',
    theme: { strings: { greeting: 'Welcome to the lab' } },
  },
  { key: 'highHumanities', parent: 'high', kind: 'department', name: 'English and History' },
  { key: 'highLanguages', parent: 'high', kind: 'department', name: 'World Languages' },
];
