"""The least that could be called the program's window: what its start is measured against."""

import sys

from PySide6.QtWidgets import QApplication, QMainWindow, QTabWidget, QWidget

application = QApplication(sys.argv)
window = QMainWindow()
window.setWindowTitle("Bare window")
tabs = QTabWidget()
for name in ("客户", "计划", "报表"):
    tabs.addTab(QWidget(), name)
window.setCentralWidget(tabs)
window.resize(1280, 800)
window.show()
sys.exit(application.exec())
