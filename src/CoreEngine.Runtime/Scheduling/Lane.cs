namespace CoreEngine.Runtime;

internal sealed class Lane { }
