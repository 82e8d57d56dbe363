namespace CoreEngine;

/// <summary>Where memory lives and operations run. The numbers are those of the C interface and of saved files.</summary>
public enum DeviceType
{
    /// <summary>The host's processors and ordinary memory.</summary>
    Cpu = 1,

    /// <summary>A CUDA graphics processor and its memory.</summary>
    Gpu = 2,

    /// <summary>Host memory that is locked in place, so that a GPU can copy from and to it.</summary>
    CpuPinned = 3,

    /// <summary>Host memory that other processes of this machine can map.</summary>
    CpuShared = 5,
}
