import { createRoot } from 'react-dom/client';
import { App } from './App.jsx';
import './theme/styles.js';

createRoot(document.getElementById('root')).render(<App />);
