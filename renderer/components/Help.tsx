import { Kbd, Modal, Table } from '@mantine/core';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../store/store';

/** Keys and the help text of the present screen; the same words as in docs/USER-GUIDE.md. */
export function Help(): JSX.Element {
  const { t } = useTranslation();
  const open = useStore((state) => state.helpOpen);
  const screen = useStore((state) => state.screen);
  const common = ['next', 'jump', 'stop', 'details', 'help'] as const;
  const drawing = [
    'class',
    'draw',
    'cycle',
    'move',
    'resize',
    'delete',
    'undo',
    'zoom',
    'pictures',
    'suggest',
  ] as const;
  return (
    <Modal
      opened={open}
      onClose={() => useStore.setState({ helpOpen: false })}
      title={t('help.title')}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t('common.close'), size: 44 }}
    >
      <p data-testid="help-text">{t(`help.screen.${screen}`)}</p>
      <Table mt={16} verticalSpacing={8}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('help.keys')}</Table.Th>
            <Table.Th>{t('help.does')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...(screen === 'annotations' ? drawing : []), ...common].map((id) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Kbd size="md">{t(`keys.${id}.press`)}</Kbd>
              </Table.Td>
              <Table.Td>{t(`keys.${id}.does`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
