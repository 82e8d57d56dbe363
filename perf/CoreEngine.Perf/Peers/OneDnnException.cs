namespace CoreEngine.Perf;

/// <summary>oneDNN refused a call, for example because it implements no such primitive for this machine.</summary>
internal sealed class OneDnnException(string message) : Exception(message);
