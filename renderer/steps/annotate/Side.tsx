import { ActionIcon, TextInput, UnstyledButton } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState, type SyntheticEvent, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { classColor } from '../../components/classColors';
import { setClasses } from '../../store/actions';
import { deleteBox, relabelBox, useLabels } from '../../store/labels';
import classes from '../AnnotationsStep.module.css';

/** Gives the selected box this class, and the boxes drawn after it. */
export function chooseLabel(label: string): void {
  const { selected } = useLabels.getState();
  if (selected !== null) relabelBox(selected, label);
  useLabels.setState({ label });
}

/** Classes as large keys on the right, the boxes of the picture as a list below. */
export function Side({ classNames }: { readonly classNames: readonly string[] }): JSX.Element {
  return (
    <div className={classes.side}>
      <ClassKeys classNames={classNames} />
      <AddClass classNames={classNames} />
      <BoxList classNames={classNames} />
    </div>
  );
}

function ClassKeys({ classNames }: { readonly classNames: readonly string[] }): JSX.Element | null {
  const { t } = useTranslation();
  const label = useLabels((state) => state.label);
  if (classNames.length === 0) return null;
  return (
    <div className={classes.keys} role="group" aria-label={t('annotate.classes')} data-testid="classes">
      {classNames.map((name, index) => (
        <UnstyledButton
          key={name}
          className={classes.key}
          aria-pressed={name === label}
          onClick={() => chooseLabel(name)}
          data-testid={`class-${name}`}
        >
          <span className={classes.swatch} style={{ background: classColor(classNames, name) }} />
          <span className={classes.keyName}>{name}</span>
          {index < 9 && <span className={classes.digit}>{index + 1}</span>}
        </UnstyledButton>
      ))}
    </div>
  );
}

function AddClass({ classNames }: { readonly classNames: readonly string[] }): JSX.Element {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const add = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    if (!classNames.includes(wanted)) await setClasses([...classNames, wanted]);
    useLabels.setState({ label: wanted });
    setName('');
  };
  return (
    <form className={classes.add} onSubmit={(event) => void add(event)}>
      <TextInput
        style={{ flex: 1 }}
        styles={{ input: { height: 44 } }}
        placeholder={t('annotate.newClass')}
        aria-label={t('annotate.newClass')}
        value={name}
        maxLength={60}
        onChange={(event) => setName(event.currentTarget.value)}
        data-testid="new-class"
      />
      <ActionIcon
        type="submit"
        variant="default"
        aria-label={t('annotate.addClass')}
        disabled={name.trim() === ''}
        data-testid="add-class"
      >
        <IconPlus size={20} />
      </ActionIcon>
    </form>
  );
}

/** The canvas in words: what a keyboard, a screen reader and a test work with. */
function BoxList({ classNames }: { readonly classNames: readonly string[] }): JSX.Element {
  const { t } = useTranslation();
  const boxes = useLabels((state) => state.annotation?.boxes) ?? [];
  const selected = useLabels((state) => state.selected);
  return (
    <section className={classes.boxes} aria-label={t('annotate.boxes', { count: boxes.length })} tabIndex={0}>
      <h2 className={classes.boxesTitle}>{t('annotate.boxes', { count: boxes.length })}</h2>
      <ul className={classes.list} data-testid="boxes">
        {boxes.map((box, index) => {
          const { label, x, y, width, height } = box;
          return (
            <li
              key={index}
              className={classes.box}
              data-selected={index === selected || undefined}
              data-testid="box"
              data-label={label}
              data-rect={[x, y, width, height].join(' ')}
            >
              <UnstyledButton
                className={classes.boxName}
                aria-pressed={index === selected}
                onClick={() => useLabels.setState({ selected: index })}
              >
                <span className={classes.swatch} style={{ background: classColor(classNames, label) }} />
                <span className={classes.keyName}>{label}</span>
                <span className={classes.size}>
                  {t('annotate.size', { width: Math.round(width), height: Math.round(height) })}
                </span>
              </UnstyledButton>
              <ActionIcon
                aria-label={t('annotate.deleteBox', { name: label, number: index + 1 })}
                onClick={() => deleteBox(index)}
              >
                <IconTrash size={18} stroke={1.7} />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
