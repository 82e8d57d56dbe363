using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>A handle is not what the function asks for.</summary>
internal sealed class HandleException(string message) : EngineException(message);
