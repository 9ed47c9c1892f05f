; The installer: for the person who runs it, without an administrator; Chinese and English.
; /S installs silently, /D=FOLDER (last) chooses the folder. Offices are never touched.
Target amd64-unicode
!include "MUI2.nsh"
!include "FileFunc.nsh"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\SalesDesk"
!define CLASSES "Software\Classes"

Name "SalesDesk"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\SalesDesk"
InstallDirRegKey HKCU "Software\SalesDesk" "Folder"
RequestExecutionLevel user
SetCompressor /SOLID lzma
BrandingText "SalesDesk ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "SalesDesk"
VIAddVersionKey "FileDescription" "SalesDesk Setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "SalesDesk contributors, MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_LANGDLL_ALLLANGUAGES
!define MUI_FINISHPAGE_RUN "$INSTDIR\SalesDesk.exe"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!define MUI_UNCONFIRMPAGE_TEXT_TOP "$(KEPT)"
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

LangString KEPT ${LANG_SIMPCHINESE} "将卸载 SalesDesk。您的销售部文件（.office）和备份都会保留在原处。"
LangString KEPT ${LANG_ENGLISH} "SalesDesk will be removed. Your office files (.office) and their backups stay where they are."
LangString KIND ${LANG_SIMPCHINESE} "SalesDesk 销售部"
LangString KIND ${LANG_ENGLISH} "SalesDesk office"
LangString RUNNING ${LANG_SIMPCHINESE} "SalesDesk 正在运行。请先关闭它，然后重试。"
LangString RUNNING ${LANG_ENGLISH} "SalesDesk is running. Close it first, then try again."

Function .onInit
  !insertmacro MUI_LANGDLL_DISPLAY
FunctionEnd

Function un.onInit
  !insertmacro MUI_UNGETLANGUAGE
FunctionEnd

; A program that runs keeps its file: it can't be opened for writing.
!macro WaitUntilClosed
  again:
  IfFileExists "$INSTDIR\SalesDesk.exe" 0 closed
  ClearErrors
  FileOpen $0 "$INSTDIR\SalesDesk.exe" a
  IfErrors 0 free
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDCANCEL IDRETRY again
  SetErrorLevel 3
  Quit
  free:
  FileClose $0
  closed:
!macroend

Section
  !insertmacro WaitUntilClosed
  ; An older version's parts go first, so that none of them is found by the new one.
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${FOLDER}\*"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  CreateShortCut "$SMPROGRAMS\SalesDesk.lnk" "$INSTDIR\SalesDesk.exe"
  CreateShortCut "$DESKTOP\SalesDesk.lnk" "$INSTDIR\SalesDesk.exe"
  WriteRegStr HKCU "Software\SalesDesk" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "DisplayName" "SalesDesk"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\SalesDesk.exe"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" ${SIZE}
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  WriteRegStr HKCU "${CLASSES}\.office" "" "SalesDesk.Office"
  WriteRegStr HKCU "${CLASSES}\SalesDesk.Office" "" "$(KIND)"
  WriteRegStr HKCU "${CLASSES}\SalesDesk.Office\DefaultIcon" "" "$INSTDIR\SalesDesk.exe,0"
  WriteRegStr HKCU "${CLASSES}\SalesDesk.Office\shell\open\command" "" '"$INSTDIR\SalesDesk.exe" "%1"'
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section "Uninstall"
  !insertmacro WaitUntilClosed
  ; Only what was installed goes: an office that somebody put into the folder stays.
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\SalesDesk.exe"
  Delete "$INSTDIR\salesdesk-cli.exe"
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\SalesDesk.lnk"
  Delete "$DESKTOP\SalesDesk.lnk"
  DeleteRegKey HKCU "${KEY}"
  DeleteRegKey HKCU "Software\SalesDesk"
  DeleteRegKey HKCU "${CLASSES}\SalesDesk.Office"
  ReadRegStr $0 HKCU "${CLASSES}\.office" ""
  StrCmp $0 "SalesDesk.Office" 0 +2
  DeleteRegKey HKCU "${CLASSES}\.office"
SectionEnd
