"use client";
import { Menu } from "@base-ui/react/menu";
import { menuItemLook } from "./menu-look";
import { RowMenuTrigger, type RowMenuProps } from "./row-menu";

export default function RowMenuPopup(props: RowMenuProps) {
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger render={<RowMenuTrigger {...props} />} />
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-30">
          <Menu.Popup data-slot="popup" className="popup min-w-40 p-1">
            {props.actions.map((action) => (
              <Menu.Item key={action.key} onClick={() => props.onChoose(action.key)} className={menuItemLook(action.danger)}>
                {action.label}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
